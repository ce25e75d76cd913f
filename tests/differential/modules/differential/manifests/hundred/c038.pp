# Ten resources.
class differential::hundred::c038 {
  notify { 'c038 1':
    message => "1 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 2':
    message => "2 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 3':
    message => "3 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 4':
    message => "4 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 5':
    message => "5 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 6':
    message => "6 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 7':
    message => "7 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 8':
    message => "8 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 9':
    message => "9 of class c038 on ${facts['networking']['hostname']}",
  }
  notify { 'c038 10':
    message => "10 of class c038 on ${facts['networking']['hostname']}",
  }
}
