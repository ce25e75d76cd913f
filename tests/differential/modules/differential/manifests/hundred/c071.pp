# Ten resources.
class differential::hundred::c071 {
  notify { 'c071 1':
    message => "1 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 2':
    message => "2 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 3':
    message => "3 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 4':
    message => "4 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 5':
    message => "5 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 6':
    message => "6 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 7':
    message => "7 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 8':
    message => "8 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 9':
    message => "9 of class c071 on ${facts['networking']['hostname']}",
  }
  notify { 'c071 10':
    message => "10 of class c071 on ${facts['networking']['hostname']}",
  }
}
