# Ten resources.
class differential::hundred::c006 {
  notify { 'c006 1':
    message => "1 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 2':
    message => "2 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 3':
    message => "3 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 4':
    message => "4 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 5':
    message => "5 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 6':
    message => "6 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 7':
    message => "7 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 8':
    message => "8 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 9':
    message => "9 of class c006 on ${facts['networking']['hostname']}",
  }
  notify { 'c006 10':
    message => "10 of class c006 on ${facts['networking']['hostname']}",
  }
}
